using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/os-keypairs: of one user, whichever project it works in.</summary>
static class KeyPairs
{
    public static SandboxResponse List(Call call)
    {
        var user = UserOf(call);
        var own = call.Cloud.Nova.KeyPairs.Where(k => k.UserId == user);
        var page = Page.Cut(call, own, k => k.Name);
        return SandboxResponse.Json(200, new JsonObject
        {
            ["keypairs"] = page.Items.Select(k => new JsonObject { ["keypair"] = Brief(call, k) }).ToJson(),
        });
    }

    public static SandboxResponse Show(Call call)
    {
        var key = Get(call);
        var view = Brief(call, key);
        view["id"] = call.Cloud.Nova.KeyPairs.IndexOf(key) + 1;
        view["user_id"] = key.UserId;
        view["created_at"] = Stamp.Bare(key.CreatedAt);
        view["updated_at"] = null;
        view["deleted"] = false;
        view["deleted_at"] = null;
        return SandboxResponse.Json(200, new JsonObject { ["keypair"] = view });
    }

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("keypair");
        var user = body.Reference("user_id") is { } other && call.Version >= 10 ? other : call.Token.User.Id;
        if (user != call.Token.User.Id)
            call.NeedAdmin("os_compute_api:os-keypairs:create");
        var name = body.RequiredText("name");
        if (call.Cloud.Nova.KeyPairs.Exists(k => k.Name == name && k.UserId == user))
            throw ApiFault.Conflict($"Key pair '{name}' already exists.");
        if (!call.Cloud.Nova.Quotas.Allows(user, "key_pairs", call.Cloud.Nova.KeyPairs.Count(k => k.UserId == user), 1))
            throw new ApiFault(403, "Quota exceeded, too many key pairs.");
        var given = body.Reference("public_key");
        if (given is null && call.Version >= 92)
            throw ApiFault.Bad("Invalid input for field/attribute keypair. 'public_key' is a required property");
        var material = given ?? $"ssh-rsa {Convert.ToBase64String(Convert.FromHexString(call.Cloud.Ids.Hex()))} Generated-by-Nova";
        var key = new KeyPair(name, user, material, body.Text("type") ?? "ssh", Fingerprint(material), call.Now);
        call.Cloud.Nova.KeyPairs.Add(key);
        var view = Brief(call, key);
        view["user_id"] = user;
        if (given is null)
            view["private_key"] = "-----BEGIN RSA PRIVATE KEY-----\nnot a key: this cloud is a sandbox\n-----END RSA PRIVATE KEY-----\n";
        return SandboxResponse.Json(call.Version >= 2 ? 201 : 200, new JsonObject { ["keypair"] = view });
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Nova.KeyPairs.Remove(Get(call));
        return SandboxResponse.Empty(call.Version >= 2 ? 204 : 202);
    }

    static KeyPair Get(Call call)
    {
        var user = UserOf(call);
        return call.Cloud.Nova.KeyPairs.Find(k => k.Name == call["name"] && k.UserId == user)
            ?? throw ApiFault.NotFound($"Keypair {call["name"]} not found for user {user}");
    }

    static string UserOf(Call call)
    {
        if (call.Query.First("user_id") is not { } other || other == call.Token.User.Id || call.Version < 10)
            return call.Token.User.Id;
        call.NeedAdmin("os_compute_api:os-keypairs:index");
        return other;
    }

    public static JsonObject Brief(Call call, KeyPair key)
    {
        var view = new JsonObject { ["name"] = key.Name, ["public_key"] = key.PublicKey, ["fingerprint"] = key.Fingerprint };
        if (call.Version >= 2)
            view["type"] = key.Type;
        return view;
    }

    [SuppressMessage("Security", "CA5351", Justification = "Nova shows MD5 fingerprints; they guard nothing here.")]
    static string Fingerprint(string material)
    {
        var parts = material.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var bytes = new byte[material.Length];
        if (parts.Length < 2 || !Convert.TryFromBase64String(parts[1], bytes, out var length))
            throw ApiFault.Bad("Keypair data is invalid: failed to generate fingerprint");
        return string.Join(':', MD5.HashData(bytes.AsSpan(0, length))
            .Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
