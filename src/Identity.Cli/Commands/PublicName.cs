namespace Culvert.Identity.Cli.Commands;

/// <summary>A name that agents get public certificates for, and what its CAA records must say.</summary>
/// <param name="Name">Lower case, without a dot at its end.</param>
/// <param name="Domain">Of its tunnel.</param>
/// <param name="Caa">Values of the records, one for each account.</param>
internal sealed record PublicName(string Name, string Domain, IReadOnlyList<string> Caa)
{
    /// <summary>It is in a zone of another owner.</summary>
    public bool IsCustom => Name != Domain && !Name.EndsWith("." + Domain, StringComparison.Ordinal);

    public string Parent => Name[(Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
