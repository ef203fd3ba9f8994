using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>A witness's answer: a cosignature, its size, or a problem.</summary>
internal sealed record WitnessAnswer
{
    public Cosignature? Cosignature { get; private init; }

    /// <summary>The size of the latest tree head that it cosigned: the proof must start there.</summary>
    public long? Size { get; private init; }

    public WitnessProblem? Problem { get; private init; }

    /// <summary>One sentence for the operator, without data from the witness.</summary>
    public string Detail { get; private init; } = "";

    public static WitnessAnswer Cosigned(Cosignature cosignature) => new() { Cosignature = cosignature };

    public static WitnessAnswer HasSize(long size) => new() { Size = size };

    public static WitnessAnswer Failed(WitnessProblem problem, string detail) =>
        new() { Problem = problem, Detail = detail };
}
