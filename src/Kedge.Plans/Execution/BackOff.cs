using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kedge.Plans;

/// <summary>
/// How long a step waits after its n-th fault in a row: doubled each time up to a bound, spread over the upper half by the step's id, so
/// that a hundred steps that failed together do not come back together, and a replay waits exactly as the first time.
/// </summary>
internal static class BackOff
{
    public static TimeSpan After(int faults, string step, RunLimits limits)
    {
        var doublings = Math.Min(faults - 1, 30);
        var ticks = Math.Min(limits.LongestBackOff.Ticks, limits.FirstBackOff.Ticks * Math.Pow(2, doublings));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{step}#{faults}")));
        var share = BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue;
        return TimeSpan.FromTicks((long)(ticks * (0.5 + (share / 2))));
    }
}
