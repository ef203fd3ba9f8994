using System.Globalization;

namespace Culvert.Platform.Configuration;

/// <summary>A number of events, at least 1, per time span, written <c>50/1s</c>.</summary>
public readonly record struct Rate(int Count, TimeSpan Per)
{
    public double PerSecond => Count / Per.TotalSeconds;

    public static bool TryParse(string text, out Rate rate)
    {
        rate = default;
        if (
            text.Split('/') is not [var count, var span]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1
            || !ConfigText.TryDuration(span, out var per)
            || per <= TimeSpan.Zero
        )
        {
            return false;
        }

        rate = new Rate(number, per);
        return true;
    }

    public override string ToString() => $"{Count}/{ConfigText.Duration(Per)}";
}
