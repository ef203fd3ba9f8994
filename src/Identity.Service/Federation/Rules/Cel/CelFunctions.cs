namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>The supported functions, and those of the specification that are not supported.</summary>
internal static class CelFunctions
{
    public const string Supported = "has, size, startsWith, endsWith, contains, matches, all and exists";

    private static readonly string[] Names = ["size", "startsWith", "endsWith", "contains"];

    public static string Name(CelFunction function) => Names[(int)function];

    /// <summary>Finds a function by its name, among those that are called on a text with a text as argument.</summary>
    public static CelFunction? OnText(string name) =>
        Array.IndexOf(Names, name, 1) is > 0 and var i ? (CelFunction)i : null;

    /// <summary>
    /// What to write instead of a standard function without support; null if the function is unknown.
    /// </summary>
    public static string? Remedy(string name) =>
        name switch
        {
            "int" or "uint" or "double" or "string" or "bytes" or "bool" or "dyn" or "type" =>
                "types are not converted; compare with a literal of the claim's own type.",
            "timestamp" or "duration" or "getFullYear" or "getHours" or "getSeconds" =>
                "the service checks the times of a token; in claims they are numbers.",
            "filter" or "map" or "exists_one" => "write it with all or exists.",
            "lowerAscii" or "upperAscii" or "trim" or "split" or "replace" or "join" or "indexOf" or "substring" =>
                "texts are compared as they are; use matches or a matcher.",
            _ => null,
        };
}
