using System.Globalization;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class NoticeSection
{
    public static NoticeOptions Read(ConfigSection notices)
    {
        // Webhooks belong to organizations and are registered with the API.
        notices.Former("webhooks");
        var days = new List<int>();
        foreach (var text in notices.Strings("days", "45", "14", "3"))
        {
            if (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var day)
                || day is < 1 or > 365
                || days.Count == 8
            )
            {
                notices.Error(
                    "days",
                    "The value must be a list of numbers of days.",
                    "Use at most eight numbers from 1 to 365."
                );
                break;
            }

            days.Add(day);
        }

        return new NoticeOptions { Days = [.. days.Distinct().OrderDescending()] };
    }
}
