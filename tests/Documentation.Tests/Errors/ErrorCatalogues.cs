using System.Reflection;

namespace Culvert.Documentation.Tests.Errors;

/// <summary>
/// Finds every catalogued code of an assembly: static read-only fields of a type with a code, a meaning and a next step.
/// Found by shape, so that a new catalogue cannot be forgotten here.
/// </summary>
internal static class ErrorCatalogues
{
    public static IReadOnlyList<CataloguedError> Of(string assembly) =>
        [
            .. Assembly
                .Load(assembly)
                .GetTypes()
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field =>
                    field.IsInitOnly
                    && field.FieldType.Namespace?.StartsWith("Culvert.", StringComparison.Ordinal) == true
                )
                .Where(field => IsCode(field.FieldType))
                .Select(field => Read(field.DeclaringType!.Name, field.GetValue(null)!))
                .OrderBy(error => error.Code, StringComparer.Ordinal),
        ];

    private static bool IsCode(Type type) =>
        (Has<string>(type, "Code") || Has<string>(type, "Reason"))
        && (Has<string>(type, "Meaning") || Has<string>(type, "Message"));

    private static bool Has<T>(Type type, string name) => type.GetProperty(name)?.PropertyType == typeof(T);

    private static CataloguedError Read(string catalogue, object error) =>
        new(
            catalogue,
            Text(error, "Code") ?? Text(error, "Reason")!,
            error.GetType().GetProperty("Status")?.GetValue(error) as int?,
            Text(error, "Meaning") ?? Text(error, "Message"),
            Text(error, "Cause"),
            Text(error, "NextStep")
        );

    private static string? Text(object error, string name) =>
        error.GetType().GetProperty(name)?.GetValue(error) as string;
}
