namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A header that carries a credential, none, or why it cannot be had.</summary>
/// <param name="Name">Empty for none.</param>
/// <param name="Value">A secret.</param>
/// <param name="Problem">For the log; empty when there is none.</param>
internal readonly record struct CredentialHeader(string Name, string Value, string Problem)
{
    public static readonly CredentialHeader None = new("", "", "");

    public static CredentialHeader Failed(string problem) => new("", "", problem);

    /// <summary>Never the value.</summary>
    public override string ToString() => Name;
}
