using System.Net;
using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Wire;

/// <summary>How each family of services writes an error body.</summary>
static class Refusals
{
    /// <summary>Nova and Cinder: one key that names the kind of fault.</summary>
    public static SandboxResponse Nova(ApiFault fault)
    {
        var key = fault.Status switch
        {
            400 => "badRequest",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "itemNotFound",
            405 => "badMethod",
            409 => "conflictingRequest",
            413 or 429 => "overLimit",
            415 => "badMediaType",
            501 => "notImplemented",
            503 => "serviceUnavailable",
            _ => "computeFault",
        };
        return SandboxResponse.Json(fault.Status, new JsonObject { [key] = CodeAndMessage(fault) });
    }

    public static SandboxResponse Neutron(ApiFault fault) => SandboxResponse.Json(fault.Status, new JsonObject
    {
        ["NeutronError"] = new JsonObject { ["type"] = fault.Type, ["message"] = fault.Message, ["detail"] = "" },
    });

    public static SandboxResponse Keystone(ApiFault fault) => SandboxResponse.Json(fault.Status, new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = fault.Status, ["message"] = fault.Message, ["title"] = Reason(fault.Status) },
    });

    /// <summary>Glance answers people, not programs.</summary>
    public static SandboxResponse Glance(ApiFault fault)
    {
        var title = $"{fault.Status} {Reason(fault.Status)}";
        return SandboxResponse.Text(fault.Status, "text/html; charset=UTF-8",
            $"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n  {WebUtility.HtmlEncode(fault.Message)}<br /><br />\n\n\n </body>\n</html>");
    }

    public static SandboxResponse Heat(ApiFault fault) => SandboxResponse.Json(fault.Status, new JsonObject
    {
        ["explanation"] = "The server refused the request.",
        ["code"] = fault.Status,
        ["error"] = new JsonObject { ["message"] = fault.Message, ["traceback"] = null, ["type"] = fault.Type },
        ["title"] = Reason(fault.Status),
    });

    public static string Reason(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };

    static JsonObject CodeAndMessage(ApiFault fault)
    {
        var body = new JsonObject { ["code"] = fault.Status, ["message"] = fault.Message };
        if (fault.Status is 413 or 429)
            body["retryAfter"] = "0";
        return body;
    }
}
