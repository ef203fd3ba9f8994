using System.Reflection;

namespace Culvert.Identity.Service.Errors;

/// <summary>Finds every <see cref="ErrorCode"/> in the assembly: the closed list in the documentation.</summary>
internal static class ErrorCatalogue
{
    public static IReadOnlyList<ErrorCode> All() =>
        [
            .. typeof(ErrorCatalogue)
                .Assembly.GetTypes()
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => field.FieldType == typeof(ErrorCode))
                .Select(field => (ErrorCode)field.GetValue(null)!)
                .Concat(CaErrors.All)
                .OrderBy(error => error.Code, StringComparer.Ordinal),
        ];
}
