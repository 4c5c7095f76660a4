"""One suite for every channel: the same stories, played side by side, must mean the same wherever they are told.

    async with open_scene(place) as (scene, meet):
        await scene.plays(story, await meet("Lan"))  # each line is done on every channel, and the answers are compared

The stand-ins bring every update twice, as networks do. What may differ is what `bot.domain.capabilities` says, and nothing
else: `meaning` takes that difference away and no more. Read `stories` (what is told), `players` (how it is done on a
channel), `scene` (line by line, in step), `meaning` (what was heard). A new channel is one more player; `letters` is one
that was made up here, to show that a file and a row are all it takes.
"""
