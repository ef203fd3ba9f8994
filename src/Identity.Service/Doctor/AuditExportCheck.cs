using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks the targets of <c>audit.export</c>: their local files, and how far each lags behind.</summary>
internal sealed class AuditExportCheck : IDoctorCheck<ServiceFacts>
{
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    public string Id => "audit_export";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var targets = facts.Options.AuditTargets;
        if (targets.Count == 0)
        {
            return DoctorFinding.Skip(Id, "audit.export names no target.");
        }

        if (targets.Select(FindError).FirstOrDefault(found => found is not null) is (var error, var next))
        {
            return DoctorFinding.Fail(Id, error, "The audit records every grant and must reach its targets.", next);
        }

        var late = facts
            .Store.AuditLags.Select(lag => AuditExportStatus.Judge(lag.Target, lag.OldestAt, facts.Now))
            .OfType<DoctorFinding>()
            .ToList();
        return late.Count > 0
            // A warning, because nothing on this host is wrong: the files of the targets were checked before.
            ? late[0] with
            {
                Status = DoctorStatus.Warn,
                Summary = string.Join(' ', late.Select(finding => finding.Summary)),
            }
            : DoctorFinding.Pass(Id, $"{string.Join(", ", targets.Select(target => target.Name))}: no entry is late.");
    }

    private static (string Summary, string Next)? FindError(AuditTarget target) =>
        target switch
        {
            FileTarget file => FindError(file),
            SyslogTarget { CaFile: { } roots } => FindError(roots),
            _ => null,
        };

    private static (string, string)? FindError(FileTarget file)
    {
        var folder = Path.GetDirectoryName(file.Path)!;
        return !Directory.Exists(folder) ? ($"{folder} does not exist.", $"mkdir -p {folder}")
            : File.Exists(file.Path) && (File.GetUnixFileMode(file.Path) & Others) != 0
                ? ($"{file.Path} is open to others.", $"chmod 0600 {file.Path}")
            : null;
    }

    private static (string, string)? FindError(string roots)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(roots);
            return found.Count > 0 ? null : ($"{roots} contains no certificate.", "Write the roots into it, as PEM.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (fault.Message, "Correct ca_file in audit.export.");
        }
    }
}
