using System.CommandLine;
using Kedge.Demo;

namespace Kedge.Commands;

/// <summary><c>kedge demo</c>: the main job on two sandbox clouds, for real but small.</summary>
static class DemoCommand
{
    public static Command Create(Surroundings around)
    {
        var keep = new Option<bool>("--keep") { Description = "Keep the demo's data directory, to look into it afterwards." };
        var command = new Command(
            "demo",
            """
            Two sandbox clouds on loopback ports, a three-tier workload with known bytes: protect it twice, kill the primary, fail over, and
            compare every disk byte for byte. Shows the commands as you would type them.
            """) { keep };
        command.SetAction(async (parsed, cancel) =>
        {
            var path = Directory.CreateTempSubdirectory("kedge-demo-").FullName;
            try
            {
                await using var story = await DemoStory.BeginAsync(path, around, cancel);
                return await story.TellAsync(cancel);
            }
            finally
            {
                if (parsed.GetValue(keep))
                    around.Error.WriteLine($"Kept: {path}");
                else
                    Directory.Delete(path, recursive: true);
            }
        });
        return command;
    }
}
