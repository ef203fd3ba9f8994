using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>
/// A line of the ledger's file: <c>number sign account end units check</c>. The check is a prefix of the SHA-256 of the
/// text before it, so a lost, changed or incomplete line is detected.
/// </summary>
/// <param name="Number">From 1, without a gap.</param>
/// <param name="IsTakenBack">Whether the charge is reversed.</param>
internal readonly record struct BudgetLine(long Number, bool IsTakenBack, BudgetCharge Charge)
{
    private const int CheckCharacters = 8;

    public static bool TryRead(string text, out BudgetLine line)
    {
        line = default;
        if (
            text.Split(' ')
                is not [
                    var number,
                    "+"
                    or "-",
                    { Length: BudgetLedger.AccountCharacters } account,
                    var end,
                    var units,
                    var check,
                ]
            || check != GetCheck(text[..^(check.Length + 1)])
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var counted)
            || !long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var endsAtMs)
            || !Int128.TryParse(units, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
        )
        {
            return false;
        }

        line = new BudgetLine(
            counted,
            text[number.Length + 1] == '-',
            new BudgetCharge(account, endsAtMs, new Amount(amount))
        );
        return true;
    }

    public override string ToString()
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Number} {(IsTakenBack ? '-' : '+')} {Charge.Account} {Charge.EndsAtMs} {Charge.Amount.Units}"
        );
        return $"{text} {GetCheck(text)}";
    }

    private static string GetCheck(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..CheckCharacters];
}
