using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>
/// The CA files, which decide whom the agent trusts, are readable, current, and not writable by other users.
/// </summary>
internal sealed class CaFilesCheck : IDoctorCheck<CertificateFacts>
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public string Id => "ca_files";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var identity = facts.Settings.Identity;
        List<string> errors = [];
        List<string> seen = [];
        if (identity.CaFile.Length > 0)
        {
            CheckFile("identity.ca_file", identity.CaFile, facts.Now, errors, seen);
        }

        if (identity.CaSha256.Length > 0)
        {
            CheckPin(identity.CaSha256, facts, errors, seen);
        }

        foreach (var route in facts.Settings.Routes)
        {
            if (route.Upstream is HttpUpstreamSettings { TlsCaPem: { Length: > 0 } pem })
            {
                CheckPem($"routes.{route.Name}.upstream.tls.ca_file", pem, facts.Now, errors, seen);
            }
        }

        if (errors.Count > 0)
        {
            return DoctorFinding.Fail(
                Id,
                errors[0],
                "These files define whom the agent trusts; an expired authority is not trusted.",
                "Renew the file, and allow only its owner to write it: chmod go-w FILE."
            ) with
            {
                Evidence = [.. errors.Skip(1), .. seen],
            };
        }

        return seen.Count == 0
            ? DoctorFinding.Skip(Id, "No CA file is configured; the system's roots are used to verify the service.")
            : DoctorFinding.Pass(Id, "The configured authorities are readable and current.", seen);
    }

    private static void CheckFile(string key, string file, DateTimeOffset now, List<string> errors, List<string> seen)
    {
        try
        {
            if ((File.GetUnixFileMode(file) & OthersWrite) != 0)
            {
                errors.Add($"{key}: {file} can be written by others.");
            }

            CheckPem(key, File.ReadAllText(file), now, errors, seen);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{key}: {e.Message}");
        }
    }

    private static void CheckPem(string key, string pem, DateTimeOffset now, List<string> errors, List<string> seen)
    {
        if (!CertificatePem.TryRead(pem, out var certificates))
        {
            var advice = CertificateText.Explain(pem)?.ToString();
            errors.Add($"{key}: {advice ?? "it contains no PEM certificate, or contains other content too."}");
            return;
        }

        foreach (var certificate in certificates)
        {
            var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
            seen.Add($"{key}: {certificate.Subject}, until {end:u}");
            if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(c => c.CertificateAuthority))
            {
                errors.Add($"{key}: {certificate.Subject} is not a certificate authority.");
            }
        }

        // Expired certificates may stay in the file next to their successors.
        if (certificates.All(certificate => certificate.NotAfter.ToUniversalTime() < now.UtcDateTime))
        {
            errors.Add($"{key}: every certificate in it has expired.");
        }
    }

    private static void CheckPin(string pin, CertificateFacts facts, List<string> errors, List<string> seen)
    {
        if (facts.State.Trust is not { } trust)
        {
            seen.Add($"identity.ca_sha256: {pin}, to be compared at the first contact");
            return;
        }

        var held = trust.Roots.Select(CertificateNames.Fingerprint).ToList();
        if (held.Contains(pin, StringComparer.OrdinalIgnoreCase))
        {
            seen.Add($"identity.ca_sha256: {pin}, the platform root in force");
            return;
        }

        errors.Add($"identity.ca_sha256: {pin} is not one of the current platform roots.");
        seen.AddRange(held.Select(root => $"platform root in force: {root}"));
    }
}
