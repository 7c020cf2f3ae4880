using System.Text.Json.Nodes;

namespace Kedge.OpenStack.Tests.World;

static class Json
{
    public static void AreEqual(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"Expected {expected}{Environment.NewLine}Actual {actual}");
}
