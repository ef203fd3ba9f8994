using Culvert.Platform.Transparency;

namespace Culvert.Identity.Cli.Audit;

/// <summary>Which witnesses a verifier trusts, and how many must have cosigned a tree head.</summary>
/// <param name="Keys">Each with a public key of its own.</param>
/// <param name="Required">At most their number; 0 = they are reported, and none is required.</param>
/// <param name="Now">Of the verification.</param>
internal sealed record WitnessPolicy(IReadOnlyList<CosignatureKey> Keys, int Required, DateTimeOffset Now)
{
    /// <summary>Trusts none.</summary>
    public static readonly WitnessPolicy None = new([], 0, DateTimeOffset.MinValue);

    /// <summary>The names of the witnesses that cosigned the note, and why the others do not count.</summary>
    /// <param name="note">A tree head.</param>
    /// <param name="covers">When the newest statement was signed that the tree contains: no cosignature can be older.</param>
    public (IReadOnlyList<string> Cosigned, IReadOnlyList<string> Missing) Evaluate(
        SignedNote note,
        DateTimeOffset covers
    )
    {
        var (cosigned, missing) = (new List<string>(), new List<string>());
        foreach (var key in Keys)
        {
            if (key.Find(note) is not { } cosignature)
            {
                missing.Add($"{key.Name} has not cosigned it");
            }
            else if (cosignature.At + Cosignature.ClockSkew < covers)
            {
                missing.Add($"the cosignature of {key.Name} is older than what it covers");
            }
            else if (cosignature.At > Now + Cosignature.ClockSkew)
            {
                missing.Add($"the cosignature of {key.Name} is of the future");
            }
            else
            {
                cosigned.Add(key.Name);
            }
        }

        return (cosigned, missing);
    }
}
