using Kedge.Commands;

namespace Kedge;

static class Program
{
    static Task<int> Main(string[] args) => KedgeCommand.RunAsync(args, Surroundings.Process());
}
