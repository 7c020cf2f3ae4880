using System.Diagnostics;

namespace Kedge.Tests.Golden;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("kedge fail", "failover")]
    [InlineData("kedge run re", "resume")]
    [InlineData("kedge site list --form", "--format")]
    [InlineData("kedge completion z", "zsh")]
    public async Task Bash_completes_with_the_printed_script(string typed, string expected)
    {
        var words = typed.Split(' ');
        var script = $$"""
            PATH={{AppContext.BaseDirectory}}:$PATH
            source <(kedge completion bash)
            COMP_LINE='{{typed}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=({{typed}}); COMP_CWORD={{words.Length - 1}}
            $(complete -p kedge | sed -E 's/.*-F ([^ ]+) .*/\1/')
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await bash.WaitForExitAsync();

        Assert.Contains(expected, output.Split('\n'));
    }
}
