namespace Kedge.Commands;

/// <summary>What is asked of the person at the terminal before something is removed.</summary>
static class Question
{
    /// <exception cref="UsageException">Nobody is there.</exception>
    public static bool Ask(string what, Surroundings around)
    {
        if (!around.IsTerminal)
            throw new UsageException($"{what}? Nobody can be asked here: say --yes.");
        around.Error.Write($"{what}? Type yes: ");
        if (around.Input.ReadLine()?.Trim() == "yes")
            return true;
        around.Error.WriteLine("Nothing was done.");
        return false;
    }
}
