using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class EstSection
{
    public static EstOptions? Read(ConfigSection connector)
    {
        var section = connector.Section("est");
        var url = section.Url("url", schemes: "https");
        var (username, password) = (section.String("username"), section.Secret("password", mustExist: false));
        var (certificate, key) = (section.Path("certificate_file"), section.Path("key_file"));
        var options = new EstOptions
        {
            Url = url ?? new Uri("https://invalid"),
            CaFile = section.Path("ca_file"),
            Username = username,
            Password = password,
            Certificate = certificate.Length > 0 && key.Length > 0 ? new CertificatePair(certificate, key) : null,
            Networks = section.Ranges("networks"),
        };
        if (url is null)
        {
            return null;
        }

        if (options.CaFile.Length == 0)
        {
            section.Error("ca_file", "The server's root is not named.", "Name the PEM file with the roots to trust.");
        }

        if (certificate.Length == 0 != (key.Length == 0))
        {
            section.Error("key_file", "Certificate and key belong together.", "Set certificate_file and key_file.");
        }

        if (username.Length == 0 != password is null || username.Contains(':'))
        {
            section.Error(
                "username",
                "User name and password belong together, and a user name has no colon (RFC 7617).",
                "Set username and password, or neither."
            );
        }

        if (options.Password is null && options.Certificate is null)
        {
            section.Error(
                "url",
                "The service has no credential for the enrolment server.",
                "Set username and password, or certificate_file and key_file."
            );
        }

        if (connector.Strings("command").Count > 0)
        {
            connector.Error("command", "There are two signing connectors.", "Set either command or est, not both.");
        }

        return options;
    }
}
