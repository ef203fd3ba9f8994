using System.Globalization;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>Formats durations for people: the two largest units.</summary>
internal static class Spans
{
    public static string Text(TimeSpan span)
    {
        var length = span.Duration();
        return length switch
        {
            { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{length.Days} d {length.Hours} h"),
            { TotalHours: >= 1 } => string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)length.TotalHours} h {length.Minutes} min"
            ),
            { TotalMinutes: >= 1 } => string.Create(
                CultureInfo.InvariantCulture,
                $"{length.Minutes} min {length.Seconds} s"
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{length.Seconds} s"),
        };
    }
}
