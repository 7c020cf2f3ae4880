using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.BlockStorage;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(NewVolume))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(NewSnapshot))]
[JsonSerializable(typeof(VolumeGroup))]
[JsonSerializable(typeof(NewVolumeGroup))]
[JsonSerializable(typeof(GroupType))]
[JsonSerializable(typeof(GroupSnapshot))]
[JsonSerializable(typeof(Backup))]
[JsonSerializable(typeof(NewBackup))]
[JsonSerializable(typeof(BackupRecord))]
[JsonSerializable(typeof(VolumeType))]
[JsonSerializable(typeof(BlockStorageService))]
[JsonSerializable(typeof(StoragePool))]
[JsonSerializable(typeof(BlockStorageAttachment))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<VolumeTypeId>))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
