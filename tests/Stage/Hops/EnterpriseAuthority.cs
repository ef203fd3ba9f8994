using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// The enterprise's identity team, played by openssl in a folder that no Culvert program knows: an offline root
/// that signs the service's request for a sub-CA, and a second CA whose leaves it signs itself (manual mode).
/// </summary>
internal sealed class EnterpriseAuthority(RunDirectory run)
{
    private const string Root = "offline-root";
    private const string ManualCa = "manual-ca";
    private const string ManualLeaf = "manual-leaf";

    private string Folder => run.Folder("enterprise");

    public string ManualCaFile => Path.Combine(Folder, $"{ManualCa}.pem");

    /// <summary>Of the manual tunnel, once it was issued.</summary>
    public string ManualLeafFile => Path.Combine(Folder, $"{ManualLeaf}.pem");

    public string ManualLeafKeyFile => Path.Combine(Folder, $"{ManualLeaf}.key");

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        const string Organization = "/O=Example Corp";
        await OpenSsl.CreateRootAsync(Folder, Root, $"{Organization}/CN=Example Corp Offline Root", cancellationToken);
        await OpenSsl.CreateRootAsync(Folder, ManualCa, $"{Organization}/CN=Example Corp Manual CA", cancellationToken);
    }

    /// <summary>Signs the request; the answer is the chain to upload and the fingerprint that its signer vouches for.</summary>
    public async Task<SignedAuthority> SignAsync(string requestFile, CancellationToken cancellationToken)
    {
        var certificate = Path.Combine(Folder, "sub-ca.pem");
        await OpenSsl.SignSubordinateAsync(Folder, requestFile, certificate, Root, cancellationToken);
        string[] files = [certificate, $"{Root}.pem"];
        var chain = await OpenSsl.JoinAsync(Folder, "sub-ca-chain.pem", files, cancellationToken);
        return new SignedAuthority(chain, await OpenSsl.FingerprintAsync(Folder, certificate, cancellationToken));
    }

    /// <summary>A key and a leaf for a tunnel's whole domain, signed directly by the manual CA.</summary>
    public Task IssueLeafAsync(string domain, CancellationToken cancellationToken)
    {
        string[] names = [$"DNS:{domain}", $"DNS:*.{domain}"];
        return OpenSsl.IssueServerAsync(Folder, ManualLeaf, ManualCa, names, cancellationToken);
    }
}
