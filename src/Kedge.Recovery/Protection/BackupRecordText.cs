using System.Text.Json;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Protection;

/// <summary>What an exported record says: base64 of Cinder's JSON of the backup, which alone tells the parent (cinder/backup/api.py).</summary>
static class BackupRecordText
{
    /// <exception cref="FormatException">It is not such a record.</exception>
    public static BackupLink ToLink(BackupRecord record)
    {
        try
        {
            using var json = JsonDocument.Parse(Convert.FromBase64String(record.BackupUrl));
            var root = json.RootElement;
            return new BackupLink
            {
                BackupId = Text(root, "id") ?? throw new FormatException("it has no id"),
                ParentId = Text(root, "parent_id"),
                Service = record.BackupService,
                Url = record.BackupUrl,
                ObjectCount = root.TryGetProperty("object_count", out var count) && count.TryGetInt64(out var number) ? number : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is not base64 of JSON: {e.Message}", e);
        }
    }

    static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
