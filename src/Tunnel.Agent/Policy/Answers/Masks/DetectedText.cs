using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>
/// Masks addresses and numbers in a text, in time linear in the text. It finds only what is written in a usual form, so
/// it does not replace the list of the fields that may cross.
/// </summary>
internal static class DetectedText
{
    /// <summary>The names in the configuration, in the order of the flags.</summary>
    public static readonly string[] Names = ["email", "iban", "card", "phone"];

    private delegate int EndFinder(ReadOnlySpan<char> text, int start);

    private delegate string NumberMask(ReadOnlySpan<char> number);

    /// <summary>None for an unknown name.</summary>
    public static Detectors Find(string name) =>
        Array.IndexOf(Names, name) is >= 0 and var at ? (Detectors)(1 << at) : Detectors.None;

    /// <param name="count">How many substrings were masked.</param>
    public static string Mask(string text, Detectors detectors, out int count)
    {
        count = 0;
        text = detectors.HasFlag(Detectors.Email) ? EmailText.MaskAll(text, ref count) : text;
        text = detectors.HasFlag(Detectors.Iban) ? MaskAll(text, IbanText.FindEnd, IbanText.Mask, ref count) : text;
        text = detectors.HasFlag(Detectors.Card) ? MaskAll(text, CardText.FindEnd, CardText.Mask, ref count) : text;
        return detectors.HasFlag(Detectors.Phone) ? MaskAll(text, PhoneText.FindEnd, PhoneText.Mask, ref count) : text;
    }

    // Each finder reads a bounded number of characters, and is called once for each place.
    private static string MaskAll(string text, EndFinder findEnd, NumberMask mask, ref int count)
    {
        StringBuilder? output = null;
        var copied = 0;
        for (var start = 0; start < text.Length; start++)
        {
            var end = findEnd(text, start);
            if (end < 0)
            {
                continue;
            }

            // Of numbers that overlap, none may remain in part.
            var next = start + 1;
            for (; next < end; next++)
            {
                end = Math.Max(end, findEnd(text, next));
            }

            output ??= new StringBuilder(text.Length);
            output.Append(text, copied, start - copied).Append(mask(text.AsSpan(start, end - start)));
            copied = end;
            start = end - 1;
            count++;
        }

        return output is null ? text : output.Append(text, copied, text.Length - copied).ToString();
    }
}
