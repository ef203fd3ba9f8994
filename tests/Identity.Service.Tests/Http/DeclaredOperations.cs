using System.Reflection;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tests.Http;

internal static class DeclaredOperations
{
    /// <summary>The operations in static fields of the service's types.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        .. typeof(Operation)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(Operation))
            .Select(field => (Operation)field.GetValue(null)!),
    ];

    public static Operation Find(string name) => All.Single(operation => operation.Name == name);
}
