using System.Security.Cryptography;

namespace Culvert.Ca.Encoding;

/// <summary>
/// PEM as RFC 7468 §3 writes it, and nothing around it: text before, between or after the blocks is not skipped,
/// because a reader that skips text can be made to see another block than the person who pasted it.
/// </summary>
internal static class StrictPem
{
    /// <summary>Reads up to <paramref name="maxBlocks"/> blocks; says why when the text is anything else.</summary>
    public static PemError Read(ReadOnlySpan<char> text, int maxBlocks, out List<PemBlock> blocks)
    {
        blocks = [];

        // A byte-order mark does not belong to the text: editors of Windows write one, and clients that read the file's
        // bytes send it.
        text = text.TrimStart('\uFEFF');
        while (true)
        {
            text = text.TrimStart();
            if (text.IsEmpty)
            {
                return blocks.Count == 0 ? PemError.Empty : PemError.None;
            }

            if (!text.StartsWith("-----BEGIN ", StringComparison.Ordinal) || blocks.Count == maxBlocks)
            {
                return blocks.Count == 0 ? PemError.Malformed : PemError.TrailingData;
            }

            // TryFind skips a damaged block and reports the next good one: the location proves it is this one.
            if (!PemEncoding.TryFind(text, out PemFields fields) || fields.Location.Start.Value != 0)
            {
                return PemError.Malformed;
            }

            byte[] data = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(text[fields.Base64Data], data, out int written) || written != data.Length)
            {
                return PemError.Malformed;
            }

            blocks.Add(new PemBlock(text[fields.Label].ToString(), data));
            text = text[fields.Location.End..];
        }
    }
}
