using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The files of authorities, secrets and state.</summary>
internal static class FileChecks
{
    public const string CaFiles = "ca_files";
    public const string StateFiles = StateFolderCheck.Id;
    public const string TunnelToken = "tunnel_token";
    public const string AuditCheckpoints = "audit_checkpoints";

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const string CheckpointFile = "audit-checkpoints.jsonl";

    private static readonly StateFolderCheck Folder = new("agent", "its clients", "culvert agent revoke ID");

    /// <summary>
    /// The CA files, which decide whom the agent trusts, are readable, current, and not writable by other users.
    /// </summary>
    public static DoctorFinding CheckCaFiles(CertificateFacts facts)
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
                CaFiles,
                errors[0],
                "These files define whom the agent trusts; an expired authority is not trusted.",
                "Renew the file, and allow only its owner to write it: chmod go-w FILE."
            ) with
            {
                Evidence = [.. errors.Skip(1), .. seen],
            };
        }

        return seen.Count == 0
            ? DoctorFinding.Skip(
                CaFiles,
                "No CA file is configured; the system's roots are used to verify the service."
            )
            : DoctorFinding.Pass(CaFiles, "The configured authorities are readable and current.", seen);
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

    public static DoctorFinding CheckStateFiles(CertificateFacts facts)
    {
        var found = Folder.Run(facts.Settings.StateDirectory);
        return found.Status != DoctorStatus.Pass || facts.State.Unusable.Count == 0
            ? found
            : DoctorFinding.Fail(
                StateFiles,
                $"{facts.State.Unusable[0]} cannot be used.",
                "It is damaged, or it belongs to another service, tunnel or instance: the agent continues without it.",
                "If service and tunnel did not change, check whether the disk is full or failing. The agent fetches it again automatically."
            ) with
            {
                Evidence = [.. facts.State.Unusable.Skip(1)],
            };
    }

    /// <summary>Manual mode: the token can be read, also after a reboot. Only a renewal shows whether it is current.</summary>
    public static DoctorFinding CheckTunnelToken(CertificateFacts facts)
    {
        var identity = facts.Settings.Identity;
        if (identity.Mode != IdentityMode.Manual || identity.TunnelToken is not { } token)
        {
            return DoctorFinding.Skip(TunnelToken, "identity.mode is automatic: no tunnel token is used.");
        }

        if (token.Problem() is { } problem)
        {
            return DoctorFinding.Fail(
                TunnelToken,
                problem,
                "The agent authenticates with it at every renewal; without it its certificate expires within the hour.",
                $"culvert tunnel token reveal {facts.Settings.Tunnel.Id} --reason TEXT",
                "Write it to a file of mode 0600, and name that file in identity.tunnel_token."
            );
        }

        return token.FilePath is null
            ? DoctorFinding.Warn(
                TunnelToken,
                $"{token} is a variable of one process.",
                "It is lost with the process that set it, and a replica that was started earlier still has the old token: "
                    + "after `culvert tunnel token rotate` that one is refused at its next renewal.",
                "Write the token to a file of mode 0600 that outlives a restart: identity.tunnel_token: file:/path"
            )
            : DoctorFinding.Pass(TunnelToken, $"{token} can be read; it is read again at each use.");
    }

    /// <summary>The stored checkpoints of the service's audit are consistent with each other (S30).</summary>
    public static DoctorFinding CheckAuditCheckpoints(CertificateFacts facts)
    {
        var file = Path.Combine(facts.Settings.StateDirectory, CheckpointFile);
        if (facts.State.AuditAlarm is { } alarm)
        {
            return DoctorFinding.Fail(
                AuditCheckpoints,
                $"They contradict each other ({alarm}).",
                "The service's audit was rewritten or truncated, or its database was restored from an older copy.",
                $"Save {file}, and ask an administrator to run: culvert audit export --out chain.jsonl",
                $"culvert audit verify chain.jsonl --checkpoint {file} --ca-file platform-root.pem",
                $"After an intended restore: stop the agent, remove {file}, start the agent."
            );
        }

        return facts.State.NewestCheckpoint is { } newest
            ? DoctorFinding.Pass(AuditCheckpoints, $"They agree; the newest is of {newest:u}.", file)
            : DoctorFinding.Skip(AuditCheckpoints, "None exist yet.");
    }
}
