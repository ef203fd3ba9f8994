using System.Globalization;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// An enterprise whose signing connector is openssl. Every request is signed by a root that was created for it: a
/// client that trusts only earlier roots does not trust the next authority.
/// </summary>
internal sealed class RotatingEnterprise : IDisposable
{
    /// <summary>A switch is due five minutes, for clocks that differ, and a leaf's life before the end.</summary>
    public static readonly TimeSpan AuthorityLife = TimeSpan.FromSeconds(325);

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-enterprise-").FullName;

    public RotatingEnterprise()
    {
        var life = AuthorityLife.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(
            Script,
            $$"""
            #!/bin/sh
            set -e
            at=$(mktemp -d {{folder}}/XXXXXX)
            cd "$at"
            cat >request.pem
            : >index.txt
            cat >ca.cnf <<END
            [ca]
            default_ca = d
            [d]
            database = $at/index.txt
            new_certs_dir = $at
            rand_serial = yes
            default_md = sha256
            policy = p
            x509_extensions = x
            [p]
            commonName = supplied
            [x]
            basicConstraints = critical,CA:TRUE,pathlen:0
            keyUsage = critical,keyCertSign,cRLSign
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            END
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout root.key -out root.pem -sha256 \
              -days 30 -subj "/O=Example Corp/CN=Root ${at##*/}" -addext basicConstraints=critical,CA:TRUE \
              -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash 2>/dev/null
            openssl ca -batch -notext -config ca.cnf -cert root.pem -keyfile root.key -in request.pem \
              -startdate "$(date -u +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d '+{{life}} seconds' +%Y%m%d%H%M%SZ)" 2>/dev/null
            cat root.pem

            """
        );
        File.SetUnixFileMode(Script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The request on its standard input, the chain on its standard output.</summary>
    public string Script => Path.Combine(folder, "sign.sh");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
