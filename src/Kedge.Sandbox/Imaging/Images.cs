using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Imaging;

/// <summary>/v2/images</summary>
static class Images
{
    /// <summary>Glance's <c>limit_param_default</c>: a client that does not page sees 25 images.</summary>
    const int UnaskedLimit = 25;

    public static SandboxResponse List(Call call)
    {
        var wanted = call.Cloud.Glance.Images.NewestFirst().Where(i => MayList(call, i) && Fits(call.Query, i));
        var page = Page.Cut(call, wanted, i => i.Id, UnaskedLimit);
        var body = new JsonObject { ["images"] = page.Items.Select(View).ToJson(), ["first"] = "/v2/images",
            ["schema"] = "/v2/schemas/images" };
        if (page.NextQuery is not null)
            body["next"] = "/v2/images?" + page.NextQuery;
        return SandboxResponse.Json(200, body);
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, View(Get(call)));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body();
        foreach (var (key, _) in body)
            ImageFields.RefuseReserved(key);
        var id = body.Text("id") ?? call.Cloud.Ids.Uuid();
        if (!Guid.TryParse(id, out _))
            throw ApiFault.Bad($"Provided object does not match schema 'image': '{id}' is not a valid id.");
        if (call.Cloud.Glance.UsedIds.Contains(id))
            throw ApiFault.Conflict($"Image ID {id} already exists!");
        if (body.Text("visibility") == "public")
            call.NeedAdmin("publicize_image");
        var owner = call.IsAdmin ? body.Text("owner") ?? call.ProjectId : call.ProjectId;
        var image = call.Cloud.Glance.Add(id, owner, body.Text("name"));
        foreach (var (key, value) in body)
            if (key is not ("id" or "owner"))
                ImageFields.Set(image, key, value);
        return SandboxResponse.Json(201, View(image)).With("Location", $"{call.Origin}/image/v2/images/{id}");
    }

    public static SandboxResponse Update(Call call)
    {
        var image = GetOwn(call);
        if (call.Json is not JsonArray patch)
            throw ApiFault.Bad("Request body must be a JSON array of operation objects.");
        foreach (var operation in patch.OfType<JsonObject>())
        {
            var key = operation.RequiredText("path").TrimStart('/').Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            ImageFields.RefuseReserved(key);
            if (key == "visibility" && operation.Text("value") == "public")
                call.NeedAdmin("publicize_image");
            ImageFields.Change(image, operation.RequiredText("op"), key, operation["value"]);
        }
        image.UpdatedAt = call.Now;
        return SandboxResponse.Json(200, View(image));
    }

    public static SandboxResponse Delete(Call call)
    {
        var image = GetOwn(call);
        if (image.IsProtected)
            throw new ApiFault(403, $"Image {image.Id} is protected and cannot be deleted.");
        call.Cloud.Glance.Images.Remove(image);
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse AddTag(Call call)
    {
        var image = GetOwn(call);
        if (!image.Tags.Contains(call["tag"]))
            image.Tags.Add(call["tag"]);
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse RemoveTag(Call call)
    {
        if (!GetOwn(call).Tags.Remove(call["tag"]))
            throw ApiFault.NotFound("The resource could not be found.");
        return SandboxResponse.Empty(204);
    }

    public static Image Get(Call call) => call.Cloud.Glance.Images.Find(call["id"]) is { } image && MaySee(call, image)
        ? image
        : throw ApiFault.NotFound($"No image found with ID {call["id"]}");

    public static Image GetOwn(Call call)
    {
        var image = Get(call);
        return call.Owns(image.Owner) ? image : throw new ApiFault(403, $"You are not permitted to modify image {image.Id}.");
    }

    public static bool MaySee(Call call, Image image) =>
        call.Owns(image.Owner) || image.Visibility is "public" or "community" || image.Members.Contains(call.ProjectId);

    public static JsonObject View(Image image)
    {
        var view = image.Properties.ToJson();
        view["id"] = image.Id;
        view["name"] = image.Name;
        view["status"] = image.Status;
        view["visibility"] = image.Visibility;
        view["protected"] = image.IsProtected;
        view["os_hidden"] = image.IsHidden;
        view["owner"] = image.Owner;
        view["min_disk"] = image.MinDiskGibibytes;
        view["min_ram"] = image.MinRamMebibytes;
        view["container_format"] = image.ContainerFormat;
        view["disk_format"] = image.DiskFormat;
        view["size"] = image.Content?.LengthBytes;
        view["virtual_size"] = image.DiskFormat == "raw" ? image.Content?.LengthBytes : null;
        view["checksum"] = image.Md5;
        view["os_hash_algo"] = image.Sha512 is null ? null : "sha512";
        view["os_hash_value"] = image.Sha512;
        view["created_at"] = Stamp.Seconds(image.CreatedAt);
        view["updated_at"] = Stamp.Seconds(image.UpdatedAt);
        view["tags"] = image.Tags.ToJson();
        view["self"] = $"/v2/images/{image.Id}";
        view["file"] = $"/v2/images/{image.Id}/file";
        view["schema"] = "/v2/schemas/image";
        return view;
    }

    /// <summary>Community images are for those who know their id.</summary>
    static bool MayList(Call call, Image image) => image.Visibility == "community" && !call.Owns(image.Owner)
        ? call.Query.First("visibility") == "community"
        : MaySee(call, image);

    static bool Fits(Query query, Image image)
    {
        if (image.IsHidden != query.Flag("os_hidden"))
            return false;
        JsonObject? view = null;
        foreach (var key in query.Keys)
        {
            if (key is "limit" or "marker" or "os_hidden" or "member_status" or "sort" or "sort_key" or "sort_dir")
                continue;
            view ??= View(image);
            var values = query.All(key).ToList();
            var fits = key == "tag"
                ? values.TrueForAll(image.Tags.Contains)
                : values.TrueForAll(wanted => wanted.StartsWith("in:", StringComparison.Ordinal)
                    ? wanted[3..].Split(',').Contains(view.Text(key))
                    : wanted == "all" && key == "visibility" || string.Equals(view.Text(key), wanted, StringComparison.OrdinalIgnoreCase));
            if (!fits)
                return false;
        }
        return true;
    }
}
