using System.Collections.Concurrent;
using Kedge.Blocks;
using Kedge.Blocks.Stores;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Stores;

/// <summary>The stores of a mover's repositories: opened when first needed, one for all orders, so that their connections are shared and end with the mover.</summary>
sealed class RepositoryStores(MoverSettings settings, TimeProvider time) : IDisposable
{
    readonly ConcurrentDictionary<string, Lazy<IStore>> open = new(StringComparer.Ordinal);

    public IStore Of(string name, RepositoryPlace repository) => open.GetOrAdd(name, _ => new Lazy<IStore>(() => settings.OpenStore(repository, time))).Value;

    public void Dispose()
    {
        foreach (var store in open.Values)
        {
            if (store is { IsValueCreated: true, Value: IDisposable disposable }) disposable.Dispose();
        }
    }

    /// <summary>Credentials of object stores come from the environment, as their own tools take them.</summary>
    internal static IStore Open(RepositoryPlace repository, TimeProvider time)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return StoreAddress.Open(repository.Address, variables, "/", time);
    }
}
