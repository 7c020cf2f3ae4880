namespace Kedge.Sandbox.Compute;

static class Placement
{
    public const string NoValidHost = "No valid host was found. There are not enough hosts available.";
}
