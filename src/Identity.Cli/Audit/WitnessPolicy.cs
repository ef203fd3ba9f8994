using Culvert.Platform.Transparency;

namespace Culvert.Identity.Cli.Audit;

/// <summary>The witnesses that a verifier trusts, and how many must have cosigned a tree head.</summary>
/// <param name="Keys">With different public keys.</param>
/// <param name="Required">At most the number of keys; 0 = cosignatures are only reported.</param>
/// <param name="Now">Time of the verification.</param>
internal sealed record WitnessPolicy(IReadOnlyList<CosignatureKey> Keys, int Required, DateTimeOffset Now)
{
    public static readonly WitnessPolicy None = new([], 0, DateTimeOffset.MinValue);

    /// <summary>Returns the names of the witnesses that cosigned the note, and why the others do not count.</summary>
    /// <param name="covers">When the newest statement in the tree was signed. No cosignature can be older, apart from clock
    /// skew.</param>
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
