namespace Culvert.Identity.Cli.Commands;

/// <summary>A name for which agents get public certificates, and its CAA records.</summary>
/// <param name="Name">Lower case, without a final dot.</param>
/// <param name="Domain">The tunnel's domain.</param>
/// <param name="Caa">Values of the records, one per account.</param>
internal sealed record PublicName(string Name, string Domain, IReadOnlyList<string> Caa)
{
    /// <summary>True if the name is in a zone of another owner.</summary>
    public bool IsCustom => Name != Domain && !Name.EndsWith("." + Domain, StringComparison.Ordinal);

    public string Parent => Name[(Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
