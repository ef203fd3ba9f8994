using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Configuration;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Configuration;

internal static class TransparencySection
{
    /// <summary>So many signatures fit into a note, and are requested in parallel.</summary>
    public const int MaxWitnesses = 8;

    private const string Witnesses = "witnesses";

    public static TransparencyOptions Read(ConfigSection section)
    {
        var written = section.Map(Witnesses);
        var witnesses = written
            .Select(entry => ReadWitness(entry.Name, entry.Section))
            .OfType<WitnessOptions>()
            .ToList();

        // A signature does not cover the key's name: one key under two names would count twice.
        if (
            witnesses.Count > MaxWitnesses
            || witnesses.DistinctBy(one => Convert.ToHexString(one.Key.PublicKey)).Count() < witnesses.Count
        )
        {
            section.Error(
                Witnesses,
                "A key is named twice, or there are too many witnesses.",
                $"Name at most {MaxWitnesses}, each with a key of its own."
            );
        }

        return new TransparencyOptions { Witnesses = witnesses };
    }

    private static WitnessOptions? ReadWitness(string name, ConfigSection section)
    {
        var url = section.Url("url", required: true, schemes: "https");
        var written = section.RequiredString("key");
        var key = CosignatureKey.Parse(written);
        if (key is null && written.Length > 0)
        {
            section.Error(
                "key",
                "This is not the key of a witness.",
                "Write name+id+base64 as the witness publishes it: Ed25519, type 0x04 of c2sp.org/signed-note."
            );
        }

        var (file, networks) = (section.Path("ca_file"), section.Ranges("networks"));
        return url is null || key is null
            ? null
            : new WitnessOptions
            {
                Name = name,
                Url = url,
                Key = key,
                CaFile = file,
                Networks = networks,
            };
    }
}
