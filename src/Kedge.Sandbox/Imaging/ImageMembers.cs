using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Imaging;

/// <summary>Projects that an image is shared with.</summary>
static class ImageMembers
{
    public static SandboxResponse List(Call call)
    {
        var image = Images.Get(call);
        return SandboxResponse.Json(200, new JsonObject
        {
            ["members"] = image.Members.Select(m => View(image, m)).ToJson(),
            ["schema"] = "/v2/schemas/members",
        });
    }

    public static SandboxResponse Add(Call call)
    {
        var image = Images.GetOwn(call);
        var member = call.Body().RequiredText("member");
        if (image.Visibility != "shared")
            throw new ApiFault(403, "Only shared images have members.");
        if (!image.Members.Add(member))
            throw ApiFault.Conflict($"The target member {member} is already associated with image {image.Id}.");
        return SandboxResponse.Json(200, View(image, member));
    }

    public static SandboxResponse Remove(Call call)
    {
        if (!Images.GetOwn(call).Members.Remove(call["member"]))
            throw ApiFault.NotFound($"{call["member"]} not found in the member list of the image {call["id"]}.");
        return SandboxResponse.Empty(204);
    }

    static JsonObject View(Image image, string member) => new()
    {
        ["image_id"] = image.Id,
        ["member_id"] = member,
        ["status"] = "accepted",
        ["created_at"] = Stamp.Seconds(image.CreatedAt),
        ["updated_at"] = Stamp.Seconds(image.UpdatedAt),
        ["schema"] = "/v2/schemas/member",
    };
}
