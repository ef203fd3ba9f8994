using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>All presets, by name and by the addresses of their issuers.</summary>
internal static class PresetCatalogue
{
    private static readonly (Preset Preset, AddressPattern[] Shared, AddressPattern[] Dedicated)[] Entries =
    [
        .. Load().Select(preset => (preset, Patterns(preset.Issuer.Shared), Patterns(preset.Issuer.Dedicated))),
    ];

    /// <summary>Sorted by name.</summary>
    public static IReadOnlyList<Preset> All { get; } = [.. Entries.Select(entry => entry.Preset)];

    public static Preset? Find(string? name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>The platform whose issuer has that address; null = none that we know.</summary>
    public static Preset? OfAddress(string issuerUrl) =>
        Entries.FirstOrDefault(entry => Matches(entry.Shared, issuerUrl)).Preset
        ?? Entries.FirstOrDefault(entry => Matches(entry.Dedicated, issuerUrl)).Preset;

    /// <summary>Whether the issuer signs for all customers of a platform.</summary>
    public static bool IsShared(string issuerUrl) => Entries.Any(entry => Matches(entry.Shared, issuerUrl));

    private static AddressPattern[] Patterns(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => new AddressPattern(text))];

    private static bool Matches(AddressPattern[]? patterns, string url) =>
        patterns?.Any(pattern => pattern.Matches(url)) == true;

    private static IEnumerable<Preset> Load()
    {
        var assembly = typeof(PresetCatalogue).Assembly;
        var prefix = typeof(PresetCatalogue).Namespace + ".Catalogue.";
        foreach (
            var file in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var stream = assembly.GetManifestResourceStream(file)!;
            yield return JsonSerializer.Deserialize(stream, PresetJson.Default.Preset)!;
        }
    }
}
