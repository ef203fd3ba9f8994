using System.Text;

namespace Culvert.Platform.Doctor;

/// <summary>All findings in their order, as text for people and as JSON for programs.</summary>
public sealed record DoctorReport(IReadOnlyList<DoctorFinding> Checks)
{
    public string Result => Failed.Count == 0 ? "PASS" : "FAIL";

    public IReadOnlyList<string> Failed =>
        [.. Checks.Where(check => check.Status == DoctorStatus.Fail).Select(check => check.Id)];

    public string ToText()
    {
        var text = new StringBuilder();
        var width = Checks.Select(check => check.Id.Length).DefaultIfEmpty(0).Max();
        foreach (var check in Checks)
        {
            var status = check.Status.ToString().ToUpperInvariant();
            text.AppendLine($"CHECK {check.Id.PadRight(width)}  {status}  {check.Summary}");
            var indent = new string(' ', width + 14);
            foreach (var line in check.Evidence)
            {
                text.Append(indent).AppendLine(line);
            }

            if (check.Why.Length > 0)
            {
                text.Append(indent).Append("why: ").AppendLine(check.Why);
            }
        }

        text.Append("RESULT ").AppendLine(Result);
        if (Failed.Count > 0)
        {
            text.Append("FAILED_CHECKS ").AppendLine(string.Join(' ', Failed));
        }

        foreach (var next in Checks.SelectMany(check => check.Next).Distinct(StringComparer.Ordinal))
        {
            text.Append("NEXT ").AppendLine(next);
        }

        return text.ToString().TrimEnd();
    }
}
