using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>All presets, by name and by the addresses of their issuers.</summary>
internal static class PresetCatalogue
{
    private const string Kubernetes = "kubernetes";

    private static readonly (Preset Preset, AddressPattern[] Shared, AddressPattern[] Dedicated)[] Entries =
    [
        .. Load().Select(preset => (preset, Patterns(preset.Issuer.Shared), Patterns(preset.Issuer.Dedicated))),
    ];

    public static IReadOnlyList<Preset> All { get; } = [.. Entries.Select(entry => entry.Preset)];

    public static Preset? Find(string? name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>The platform whose issuer has that address; null if unknown.</summary>
    public static Preset? OfAddress(string issuerUrl) =>
        Entries.FirstOrDefault(entry => Matches(entry.Shared, issuerUrl)).Preset
        ?? Entries.FirstOrDefault(entry => Matches(entry.Dedicated, issuerUrl)).Preset;

    /// <summary>
    /// The platform of the address, if the preset is of another one, whose lints would read the wrong claims. Null if
    /// they agree or the address belongs to no known platform.
    /// </summary>
    public static string? Contradiction(string preset, string issuerUrl)
    {
        var known = Entries
            .Where(entry => Matches(entry.Shared, issuerUrl) || Matches(entry.Dedicated, issuerUrl))
            .Select(entry => entry.Preset.Name)
            .ToList();
        return known.Count == 0 || known.Contains(preset) || (preset == Kubernetes && known.All(IsCluster))
            ? null
            : known[0];
    }

    // Providers' managed clusters are Kubernetes clusters too.
    private static bool IsCluster(string preset) => preset is Kubernetes or "eks" or "gke" or "aks";

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
