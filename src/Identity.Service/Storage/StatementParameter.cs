using System.Collections.Concurrent;
using System.Reflection;

namespace Culvert.Identity.Service.Storage;

/// <param name="Type">The type of the property, which also determines the type of a null.</param>
/// <param name="Getter">
/// The runtime compiles a getter at its second call, so there is one per property, not one per database.
/// </param>
internal sealed record StatementParameter(Type Type, MethodInvoker Getter)
{
    private static readonly ConcurrentDictionary<(Type, string), StatementParameter> Known = new();

    /// <exception cref="ArgumentException">The source has no such property, or there is no source.</exception>
    public static StatementParameter Find(Type? source, string name) =>
        Known.GetOrAdd(
            (source ?? throw new ArgumentException($"No parameters, but @{name}."), name),
            static key =>
                key.Item1.GetProperty(key.Item2) is { GetMethod: { } getter } property
                    ? new StatementParameter(property.PropertyType, MethodInvoker.Create(getter))
                    : throw new ArgumentException($"{key.Item1.Name} has no property {key.Item2}.")
        );
}
