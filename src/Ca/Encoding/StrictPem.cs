using System.Security.Cryptography;

namespace Culvert.Ca.Encoding;

/// <summary>
/// Strict PEM (RFC 7468 §3) without any other text: a parser that skips text could read a different block than the person
/// who pasted it expects.
/// </summary>
internal static class StrictPem
{
    /// <summary>Reads up to <paramref name="maxBlocks"/> blocks and returns the error of any other text.</summary>
    public static PemError Read(ReadOnlySpan<char> text, int maxBlocks, out List<PemBlock> blocks)
    {
        blocks = [];

        // A byte-order mark is skipped: Windows editors write it, and clients send the file's bytes.
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

            // TryFind skips a damaged block and reports the next good one, so the location must be checked.
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
