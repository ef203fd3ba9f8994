using System.Globalization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// The log's name, which every tree head begins with: its address without the scheme. After a restore it is another one:
/// the backup does not have what was published after it, so the installation cannot continue that tree.
/// </summary>
internal sealed class TransparencyOrigin(Installation installation)
{
    public const string Path = "/v1/transparency";

    public string Name { get; } =
        new Uri(installation.PublicUrl).Authority
        + Path
        + (installation.RestoredAtMs is { } at ? string.Create(CultureInfo.InvariantCulture, $"/restored-{at}") : "");
}
