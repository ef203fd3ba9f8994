using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>What an identity team does at its desk: keys, roots, signed requests. All by the openssl command line.</summary>
internal static class OpenSsl
{
    /// <summary>
    /// Makes a P-256 key and a self-signed CA certificate next to each other: <c>NAME.key</c>, <c>NAME.pem</c>.
    /// </summary>
    public static Task CreateRootAsync(
        string folder,
        string name,
        string subject,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            folder,
            [
                "req",
                "-x509",
                .. NewKey(name),
                "-out",
                $"{name}.pem",
                "-sha256",
                "-days",
                "3650",
                "-subj",
                subject,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign",
                "-addext",
                "subjectKeyIdentifier=hash",
            ],
            cancellationToken
        );

    /// <summary>Makes a P-256 key and a certificate for it, signed by the CA of that name in the same folder.</summary>
    public static async Task IssueServerAsync(
        string folder,
        string name,
        string authority,
        IEnumerable<string> subjectAlternativeNames,
        CancellationToken cancellationToken
    )
    {
        await CreateRequestAsync(folder, name, cancellationToken);
        string[] extensions =
        [
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=serverAuth",
            "subjectKeyIdentifier=hash",
            "authorityKeyIdentifier=keyid:always",
            $"subjectAltName={string.Join(',', subjectAlternativeNames)}",
        ];
        await SignAsync(folder, $"{name}.csr", $"{name}.pem", authority, days: 90, extensions, cancellationToken);
    }

    /// <summary>Makes a P-256 key and a certificate for it, as a CA below the one of that name.</summary>
    public static async Task CreateSubordinateAsync(
        string folder,
        string name,
        string authority,
        CancellationToken cancellationToken
    )
    {
        await CreateRequestAsync(folder, name, cancellationToken);
        await SignSubordinateAsync(folder, $"{name}.csr", $"{name}.pem", authority, cancellationToken);
    }

    /// <summary>Signs a request as a CA that may sign leaves and nothing below them.</summary>
    public static Task SignSubordinateAsync(
        string folder,
        string request,
        string certificate,
        string authority,
        CancellationToken cancellationToken
    ) =>
        SignAsync(
            folder,
            request,
            certificate,
            authority,
            days: 730,
            [
                "basicConstraints=critical,CA:TRUE,pathlen:0",
                "keyUsage=critical,keyCertSign,cRLSign",
                "subjectKeyIdentifier=hash",
                "authorityKeyIdentifier=keyid:always",
            ],
            cancellationToken
        );

    /// <summary>Joins certificates in the order of a chain.</summary>
    /// <param name="folder">Of all of the files.</param>
    /// <param name="chain">The file that is written.</param>
    /// <param name="certificates">The files that go into it, the leaf or the lowest CA first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The path of the chain.</returns>
    public static async Task<string> JoinAsync(
        string folder,
        string chain,
        IEnumerable<string> certificates,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(folder, chain);
        var texts = certificates.Select(file => File.ReadAllText(Path.Combine(folder, file)));
        await File.WriteAllTextAsync(path, string.Concat(texts), cancellationToken);
        return path;
    }

    /// <returns>As people compare it: upper-case pairs with colons.</returns>
    public static async Task<string> FingerprintAsync(
        string folder,
        string certificate,
        CancellationToken cancellationToken
    )
    {
        var output = await RunAsync(
            folder,
            ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
            cancellationToken
        );
        return output[(output.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static Task CreateRequestAsync(string folder, string name, CancellationToken cancellationToken) =>
        RunAsync(
            folder,
            ["req", "-new", .. NewKey(name), "-subj", $"/CN={name}", "-out", $"{name}.csr"],
            cancellationToken
        );

    private static async Task SignAsync(
        string folder,
        string request,
        string certificate,
        string authority,
        int days,
        string[] extensions,
        CancellationToken cancellationToken
    )
    {
        var extensionFile = Path.Combine(folder, Path.ChangeExtension(certificate, ".ext"));
        await File.WriteAllLinesAsync(extensionFile, extensions, cancellationToken);
        await RunAsync(
            folder,
            [
                "x509",
                "-req",
                "-in",
                request,
                "-CA",
                $"{authority}.pem",
                "-CAkey",
                $"{authority}.key",
                "-sha256",
                "-days",
                $"{days}",
                "-extfile",
                extensionFile,
                "-out",
                certificate,
            ],
            cancellationToken
        );
    }

    private static string[] NewKey(string name) =>
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", $"{name}.key"];

    private static async Task<string> RunAsync(
        string folder,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var all = arguments.ToList();
        var result = await Tool.RunAsync("openssl", all, folder, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new HopFailureException("openssl", $"openssl {all[0]}: {result.Error.Trim()}");
    }
}
