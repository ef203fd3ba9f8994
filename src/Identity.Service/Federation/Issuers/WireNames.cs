using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Enumerations on the wire and in the store: snake case, compared exactly.</summary>
internal static class WireNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Null = no value has that name.</summary>
    public static T? Find<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>For messages: <c>off, window, bound_reuse or single_use</c>.</summary>
    public static string All<T>()
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().Select(Of).ToArray();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}
