using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// The names of enumeration values on the wire, in the store and in the audit: snake case, or the name that
/// <see cref="JsonStringEnumMemberNameAttribute"/> gives a member. Compared exactly.
/// </summary>
internal static class WireNames
{
    /// <exception cref="ArgumentOutOfRangeException">The enumeration has no such member.</exception>
    public static string Get<T>(T value)
        where T : struct, Enum =>
        Table<T>.Names.TryGetValue(value, out var name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T).Name} has no such member.");

    public static T? Find<T>(string? name)
        where T : struct, Enum => name is not null && Table<T>.Values.TryGetValue(name, out var value) ? value : null;

    /// <summary>For stored values: an unknown name is an error, never another value.</summary>
    /// <exception cref="InvalidDataException">The name is unknown.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        Find<T>(name) ?? throw new InvalidDataException($"'{name}' is stored where a {typeof(T).Name} is expected.");

    /// <summary>In the order of the enumeration.</summary>
    public static IReadOnlyList<string> List<T>()
        where T : struct, Enum => Table<T>.List;

    /// <summary>A list for messages: <c>off, window, bound_reuse or single_use</c>.</summary>
    public static string All<T>()
        where T : struct, Enum => $"{string.Join(", ", List<T>().SkipLast(1))} or {List<T>()[^1]}";

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>()
            .ToFrozenDictionary(value => value, CreateName);

        public static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(
            entry => entry.Value,
            entry => entry.Key,
            StringComparer.Ordinal
        );

        public static readonly IReadOnlyList<string> List = [.. Enum.GetValues<T>().Select(value => Names[value])];

        private static string CreateName(T value)
        {
            var member = value.ToString();
            return typeof(T).GetField(member)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member);
        }
    }
}
