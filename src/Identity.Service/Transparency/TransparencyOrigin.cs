using System.Globalization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// The log's origin, the first line of every tree head: its address without the scheme. It changes with a restore: the
/// backup lacks entries published after it, so the installation cannot extend that tree.
/// </summary>
internal sealed class TransparencyOrigin(Installation installation)
{
    public const string Path = "/v1/transparency";

    public string Name { get; } =
        new Uri(installation.PublicUrl).Authority
        + Path
        + (installation.RestoredAtMs is { } at ? string.Create(CultureInfo.InvariantCulture, $"/restored-{at}") : "");
}
